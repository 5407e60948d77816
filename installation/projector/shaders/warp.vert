#version 330 core
// One corner of a surface. Everything here is linear across the output, so three corners carry it exactly.
// SPARE is defined for drivers that pass on few numbers: what is reckoned here otherwise, warp.frag does then.

layout(location = 0) in vec2 position;      // in the output, -1..1
layout(location = 1) in vec3 place;         // u q, v q, q of the panel: dividing by q per fragment is the homography
layout(location = 2) in vec4 inside;        // distance to each edge, output px, positive inside
layout(location = 3) in vec4 crop;          // what the panel shows of the film, 0..1
layout(location = 4) in vec4 card_box;      // where the card lies on the panel, 0..1
layout(location = 5) in vec4 card_step;     // from a place on the panel to one in the texture of all cards: times, plus
layout(location = 6) in vec4 card_within;   // the middle of the outermost of its texels there
layout(location = 7) in vec2 levels;        // opacity times brightness, of the film and of the former one
layout(location = 8) in vec4 former_crop;   // the crop of the film that goes in a cross-fade
layout(location = 9) in vec4 window;        // what the surface shows of the panel, 0..1
layout(location = 10) in vec4 tone;         // gain of red, green, blue, and one over gamma
layout(location = 11) in vec4 side_width;   // of the blended left, right, top, bottom, in shares of the surface
layout(location = 12) in vec4 side_power;
layout(location = 13) in vec4 side_level;
layout(location = 14) in vec4 lift;         // red, green, blue of black, in light, and the projector's gamma
layout(location = 15) in vec4 masked;       // first texel of its masks, the one behind the last; width and height in px

uniform vec4 film_half_texels;      // half a texel of the first texture, then of the second; 0..1
uniform vec2 film_chroma_shift;     // chroma samples sit left of the middle of their luma samples; 0..1
uniform vec4 film_gain;
uniform vec4 film_shift;
uniform vec4 former_half_texels;
uniform vec2 former_chroma_shift;
uniform vec4 former_gain;
uniform vec4 former_shift;

#ifdef SPARE
flat out vec4 panel_crop;
flat out vec4 panel_former_crop;
#else
// u q, v q, q in the film's textures, and of each texture the middle of the outermost texels of the crop: no panel may
// borrow a neighbour's edge.
noperspective out vec3 film_place;
flat out vec4 film_within;
flat out vec4 film_chroma_within;
flat out vec2 film_chroma_off;
flat out vec4 film_gains;
flat out vec4 film_shifts;
noperspective out vec3 former_place;
flat out vec4 former_within;
flat out vec4 former_chroma_within;
flat out vec2 former_chroma_off;
flat out vec4 former_gains;
flat out vec4 former_shifts;
#endif
noperspective out vec3 panel_place;
noperspective out vec4 panel_inside;
flat out vec4 panel_card_box;
flat out vec4 panel_card_step;
flat out vec4 panel_card_within;
flat out vec2 panel_levels;
flat out vec4 surface_window;
flat out vec4 surface_tone;
flat out vec4 surface_side_width;
flat out vec4 surface_side_power;
flat out vec4 surface_side_level;
flat out vec4 surface_lift;
flat out vec4 surface_masked;

vec3 cropped(vec4 crop) {
    return vec3(crop.xy * place.z + (crop.zw - crop.xy) * place.xy, place.z);
}

vec4 shrunk(vec4 crop, vec2 by) {
    return crop + vec4(by, -by);
}

void main() {
    gl_Position = vec4(position, 0.0, 1.0);
#ifdef SPARE
    panel_crop = crop;
    panel_former_crop = former_crop;
#else
    film_place = cropped(crop);
    film_within = shrunk(crop, film_half_texels.xy);
    film_chroma_within = shrunk(crop, film_half_texels.zw);
    film_chroma_off = film_chroma_shift;
    film_gains = film_gain;
    film_shifts = film_shift;
    former_place = cropped(former_crop);
    former_within = shrunk(former_crop, former_half_texels.xy);
    former_chroma_within = shrunk(former_crop, former_half_texels.zw);
    former_chroma_off = former_chroma_shift;
    former_gains = former_gain;
    former_shifts = former_shift;
#endif
    panel_place = place;
    panel_inside = inside;
    panel_card_box = card_box;
    panel_card_step = card_step;
    panel_card_within = card_within;
    panel_levels = levels;
    surface_window = window;
    surface_tone = tone;
    surface_side_width = side_width;
    surface_side_power = side_power;
    surface_side_level = side_level;
    surface_lift = lift;
    surface_masked = masked;
}
