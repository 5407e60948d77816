#version 330 core
// Film and card of one surface, warped, coloured and dimmed. Cards are captions or test patterns, lying over the film.
// FILM is the function that sees films of its form, FORMER, defined in a cross-fade only, that for the film that goes.
// TONE, BLEND, LIFT and MASK are defined where some surface asks for them; the others lose nothing by it.

in vec3 panel_place;
in vec4 panel_inside;
flat in vec4 panel_crop;
flat in vec4 panel_card_box;
flat in vec4 panel_card_part;
flat in vec2 panel_levels;
flat in vec4 panel_former_crop;
flat in vec4 surface_window;
flat in vec4 surface_tone;
flat in vec4 surface_side_width;
flat in vec4 surface_side_power;
flat in vec4 surface_side_level;
flat in vec4 surface_lift;
flat in vec4 surface_masked;

uniform sampler2D film_0;           // luma, or the picture in blocks
uniform sampler2D film_1;           // blue, or alpha in blocks
uniform sampler2D film_2;           // red
uniform vec2 film_chroma_shift;     // chroma samples sit left of the middle of their luma samples; in chroma texels
uniform mat3 film_colour;           // Y, U, V in 0..1 to R, G, B
uniform vec3 film_colour_shift;
uniform sampler2D former_0;
uniform sampler2D former_1;
uniform sampler2D former_2;
uniform vec2 former_chroma_shift;
uniform mat3 former_colour;
uniform vec3 former_colour_shift;
uniform sampler2D cards;            // premultiplied
uniform sampler2D masks;            // texels one by one, in rows of 256

out vec4 light;

// The middle of the outermost texels of the crop: no panel may borrow a neighbour's edge.
vec2 held(vec2 at, vec2 size, vec4 crop) {
    vec2 half_texel = 0.5 / size;
    return clamp(at, crop.xy + half_texel, crop.zw - half_texel);
}

vec4 sampled(sampler2D film, vec2 at, vec4 crop) {
    return texture(film, held(at, vec2(textureSize(film, 0)), crop));
}

// A block carries the scale of its colours in the third channel, and luma in the fourth.
vec3 from_ycocg(vec4 texel) {
    vec2 colour = (texel.rg - 128.0 / 255.0) / (texel.b * (255.0 / 8.0) + 1.0);
    return clamp(texel.a + vec3(colour.r - colour.g, colour.g, -colour.r - colour.g), 0.0, 1.0);
}

// One for each form, all with the same arguments.
#define GIVEN sampler2D first, sampler2D second, sampler2D third, mat3 colour, vec3 shift, vec2 chroma, vec4 crop, vec2 at

vec3 seen_planes(GIVEN) {
    float y = sampled(first, at, crop).r;
    vec2 chroma_size = vec2(textureSize(second, 0));
    vec2 chroma_at = held(at + chroma / chroma_size, chroma_size, crop);
    return clamp(colour * vec3(y, texture(second, chroma_at).r, texture(third, chroma_at).r) + shift, 0.0, 1.0);
}

vec3 seen_rgb(GIVEN) {
    return sampled(first, at, crop).rgb;
}

vec3 seen_rgba(GIVEN) {
    vec4 texel = sampled(first, at, crop);
    return texel.rgb * texel.a;
}

vec3 seen_ycocg(GIVEN) {
    return from_ycocg(sampled(first, at, crop));
}

vec3 seen_ycocg_alpha(GIVEN) {
    return from_ycocg(sampled(first, at, crop)) * sampled(second, at, crop).r;
}

vec3 film(vec2 place) {
    vec2 at = mix(panel_crop.xy, panel_crop.zw, place);
    return FILM(film_0, film_1, film_2, film_colour, film_colour_shift, film_chroma_shift, panel_crop, at);
}

#ifdef FORMER
vec3 former(vec2 place) {
    vec2 at = mix(panel_former_crop.xy, panel_former_crop.zw, place);
    return FORMER(former_0, former_1, former_2, former_colour, former_colour_shift, former_chroma_shift,
                  panel_former_crop, at);
}
#endif

// How far within each side a place of the surface is, 1 where no blending reaches.
vec4 within_sides(vec2 at) {
    return clamp(vec4(at.x, 1.0 - at.x, at.y, 1.0 - at.y) / max(surface_side_width, 1e-6), 0.0, 1.0);
}

float blended(vec4 x) {
    vec4 rising = surface_side_level * pow(2.0 * x, surface_side_power);
    vec4 filling = 1.0 - (1.0 - surface_side_level) * pow(2.0 * (1.0 - x), surface_side_power);
    vec4 share = mix(filling, rising, lessThan(x, vec4(0.5)));
    return share.x * share.y * share.z * share.w;
}

// The signal for a place of the surface, of the one for the picture there.
vec3 finished(vec3 signal, vec2 at) {
    vec4 x = vec4(1.0);
#ifdef TONE
    signal = min(pow(signal, surface_tone.aaa) * surface_tone.rgb, 1.0);
#endif
#ifdef BLEND
    x = within_sides(at);
    signal *= pow(blended(x), 1.0 / surface_lift.a);
#endif
#ifdef LIFT
    if (all(greaterThanEqual(x, vec4(1.0)))) {
        vec3 bright = pow(signal, surface_lift.aaa);
        signal = pow(bright * (1.0 - surface_lift.rgb) + surface_lift.rgb, 1.0 / surface_lift.aaa);
    }
#endif
    return signal;
}

#ifdef MASK
vec4 mask_texel(int index) {
    return texelFetch(masks, ivec2(index & 255, index >> 8), 0);
}

// Whether the line from a to b, and so one more side of its polygon, lies between a place and the far left.
bool beside(vec2 at, vec4 line) {
    vec2 along = line.zw - line.xy, from = at - line.xy;
    bvec3 turns = bvec3(from.y >= 0.0, at.y < line.w, along.x * from.y > along.y * from.x);
    return all(turns) || !any(turns);
}

vec2 from_line(vec2 at, vec4 line) {
    vec2 along = line.zw - line.xy, from = at - line.xy;
    return from - along * clamp(dot(from, along) / max(dot(along, along), 1e-9), 0.0, 1.0);
}

float covered(vec2 at, int first, int corners, float feather) {
    float nearest = 1e30, side = -1.0;
    for (int i = first; i < first + corners; ++i) {
        vec4 line = mask_texel(i);
        vec2 away = from_line(at, line);
        nearest = min(nearest, dot(away, away));
        side = beside(at, line) ? -side : side;
    }
    return clamp(0.5 + side * sqrt(nearest) / feather, 0.0, 1.0);
}

float unmasked(vec2 at) {
    float kept = 0.0, left = 1.0;
    bool keeps = false;
    int head = int(surface_masked.x), end = int(surface_masked.y);
    while (head < end) {
        vec4 mask = mask_texel(head);
        float cover = covered(at * surface_masked.zw, head + 1, int(mask.x), mask.y);
        bool hides = mask.z > 0.5;
        kept = hides ? kept : max(kept, cover);
        left = hides ? left * (1.0 - cover) : left;
        keeps = keeps || !hides;
        head += int(mask.x) + 1;
    }
    return keeps ? kept * left : left;
}
#endif

void main() {
    vec2 place = panel_place.xy / panel_place.z;
    vec3 shown = film(place);
    vec2 on_card = (place - panel_card_box.xy) / (panel_card_box.zw - panel_card_box.xy);
    if (all(greaterThanEqual(on_card, vec2(0.0))) && all(lessThanEqual(on_card, vec2(1.0)))) {
        vec2 half_texel = 0.5 / vec2(textureSize(cards, 0));
        vec2 at = mix(panel_card_part.xy, panel_card_part.zw, on_card);
        vec4 card = texture(cards, clamp(at, panel_card_part.xy + half_texel, panel_card_part.zw - half_texel));
        shown = shown * (1.0 - card.a) + card.rgb;
    }
    float edge = clamp(min(min(panel_inside.x, panel_inside.y), min(panel_inside.z, panel_inside.w)), 0.0, 1.0);
#if defined(TONE) || defined(BLEND) || defined(LIFT) || defined(MASK)
    vec2 on_surface = (place - surface_window.xy) / (surface_window.zw - surface_window.xy);
#else
    vec2 on_surface = place;
#endif
#ifdef MASK
    edge *= unmasked(on_surface);
#endif
    light = vec4(finished(shown, on_surface) * (panel_levels.x * edge), 1.0);
#ifdef FORMER
    light.rgb += finished(former(place), on_surface) * (panel_levels.y * edge);
#endif
}
