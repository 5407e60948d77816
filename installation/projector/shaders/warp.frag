#version 330 core
// Film and card of one surface, warped, coloured and dimmed. Cards are captions or test patterns, lying over the film.
// FILM is the function that sees films of its form, FORMER, defined in a cross-fade only, that for the film that goes.
// CARD, TONE, BLEND, LIFT and MASK are defined where some surface asks for them; the others lose nothing by it.

#ifdef SPARE
flat in vec4 panel_crop;
flat in vec4 panel_former_crop;
#else
noperspective in vec3 film_place;
flat in vec4 film_within;
flat in vec4 film_chroma_within;
flat in vec2 film_chroma_off;
flat in vec4 film_gains;
flat in vec4 film_shifts;
noperspective in vec3 former_place;
flat in vec4 former_within;
flat in vec4 former_chroma_within;
flat in vec2 former_chroma_off;
flat in vec4 former_gains;
flat in vec4 former_shifts;
#endif
noperspective in vec3 panel_place;
noperspective in vec4 panel_inside;
flat in vec4 panel_card_box;
flat in vec4 panel_card_step;
flat in vec4 panel_card_within;
flat in vec2 panel_levels;
flat in vec4 surface_window;
flat in vec4 surface_tone;
flat in vec4 surface_side_width;
flat in vec4 surface_side_power;
flat in vec4 surface_side_level;
flat in vec4 surface_lift;
flat in vec4 surface_masked;

uniform sampler2D film_0;           // luma, or the picture in blocks
uniform sampler2D film_1;           // blue and red, or alpha in blocks
uniform sampler2D former_0;
uniform sampler2D former_1;
uniform sampler2D cards;            // premultiplied
uniform sampler2D masks;            // texels one by one, in rows of 256

out vec4 light;

// A software renderer reads a uniform anew for every pixel; what is the same for a surface comes as a flat input,
// unless those would be too many for the driver.
#ifdef SPARE
uniform vec4 film_half_texels;
uniform vec2 film_chroma_shift;
uniform vec4 film_gain;
uniform vec4 film_shift;
uniform vec4 former_half_texels;
uniform vec2 former_chroma_shift;
uniform vec4 former_gain;
uniform vec4 former_shift;

vec3 cropped(vec4 crop) {
    return vec3(crop.xy * panel_place.z + (crop.zw - crop.xy) * panel_place.xy, panel_place.z);
}

vec4 shrunk(vec4 crop, vec2 by) {
    return crop + vec4(by, -by);
}

#define film_place cropped(panel_crop)
#define film_within shrunk(panel_crop, film_half_texels.xy)
#define film_chroma_within shrunk(panel_crop, film_half_texels.zw)
#define film_chroma_off film_chroma_shift
#define film_gains film_gain
#define film_shifts film_shift
#define former_place cropped(panel_former_crop)
#define former_within shrunk(panel_former_crop, former_half_texels.xy)
#define former_chroma_within shrunk(panel_former_crop, former_half_texels.zw)
#define former_chroma_off former_chroma_shift
#define former_gains former_gain
#define former_shifts former_shift
#endif

vec4 sampled(sampler2D film, vec2 at, vec4 within) {
    return texture(film, clamp(at, within.xy, within.zw));
}

// A block carries the scale of its colours in the third channel, and luma in the fourth.
vec3 from_ycocg(vec4 texel) {
    vec2 colour = (texel.rg - 128.0 / 255.0) / (texel.b * (255.0 / 8.0) + 1.0);
    return clamp(texel.a + vec3(colour.r - colour.g, colour.g, -colour.r - colour.g), 0.0, 1.0);
}

// One for each form, all with the same arguments.
#define GIVEN sampler2D first, sampler2D second, vec4 within, vec4 chroma_within, vec2 chroma_off, vec4 gains, \
    vec4 shifts, vec2 at

// The gains are those of luma, red by V, green by U, green by V; the last of the shifts is the gain of blue by U.
vec3 seen_planes(GIVEN) {
    float y = sampled(first, at, within).r;
    vec2 uv = sampled(second, at + chroma_off, chroma_within).rg;
    vec3 colour = vec3(gains.y * uv.y, gains.z * uv.x + gains.w * uv.y, shifts.w * uv.x);
    return clamp(gains.x * y + colour + shifts.rgb, 0.0, 1.0);
}

vec3 seen_gbr(GIVEN) {
    return vec3(sampled(first, at, within).r, sampled(second, at, chroma_within).rg).brg;
}

vec3 seen_rgb(GIVEN) {
    return sampled(first, at, within).rgb;
}

vec3 seen_rgba(GIVEN) {
    vec4 texel = sampled(first, at, within);
    return texel.rgb * texel.a;
}

vec3 seen_ycocg(GIVEN) {
    return from_ycocg(sampled(first, at, within));
}

vec3 seen_ycocg_alpha(GIVEN) {
    return from_ycocg(sampled(first, at, within)) * sampled(second, at, within).r;
}

vec3 film() {
    return FILM(film_0, film_1, film_within, film_chroma_within, film_chroma_off, film_gains, film_shifts,
                film_place.xy / film_place.z);
}

#ifdef FORMER
vec3 former() {
    return FORMER(former_0, former_1, former_within, former_chroma_within, former_chroma_off, former_gains,
                  former_shifts, former_place.xy / former_place.z);
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

#ifdef CARD
vec3 under_card(vec3 shown, vec2 place) {
    if (any(lessThan(place, panel_card_box.xy)) || any(greaterThan(place, panel_card_box.zw))) {
        return shown;
    }
    vec4 card = sampled(cards, place * panel_card_step.xy + panel_card_step.zw, panel_card_within);
    return shown * (1.0 - card.a) + card.rgb;
}
#endif

void main() {
    vec2 place = panel_place.xy / panel_place.z;
    vec2 on_surface = (place - surface_window.xy) / (surface_window.zw - surface_window.xy);
    vec3 shown = film();
#ifdef CARD
    shown = under_card(shown, place);
#endif
    float edge = clamp(min(min(panel_inside.x, panel_inside.y), min(panel_inside.z, panel_inside.w)), 0.0, 1.0);
#ifdef MASK
    edge *= unmasked(on_surface);
#endif
    light = vec4(finished(shown, on_surface) * (panel_levels.x * edge), 1.0);
#ifdef FORMER
    light.rgb += finished(former(), on_surface) * (panel_levels.y * edge);
#endif
}
