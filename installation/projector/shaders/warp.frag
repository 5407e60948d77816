#version 330 core
// Film and card of one panel, warped, coloured and dimmed. Cards are captions or test patterns, lying over the film.
// FILM is the function that sees films of its form, FORMER, defined in a cross-fade only, that for the film that goes.

in vec3 panel_place;
in vec4 panel_inside;
flat in vec4 panel_crop;
flat in vec4 panel_card_box;
flat in vec4 panel_card_part;
flat in float panel_level;
flat in vec4 panel_former_crop;
flat in float panel_former_level;

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
    light = vec4(shown * (panel_level * edge), 1.0);
#ifdef FORMER
    light.rgb += former(place) * (panel_former_level * edge);
#endif
}
