#version 330 core
// Film and card of one panel, warped, coloured and dimmed. Cards are captions or test patterns, lying over the film.
// FILM is the film's form, FORMER, defined in a cross-fade only, that of the film that goes.

#define PLANES 0
#define RGB 1
#define RGBA 2
#define YCOCG 3
#define YCOCG_ALPHA 4

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

vec3 seen(const int form, sampler2D first, sampler2D second, sampler2D third, mat3 colour, vec3 colour_shift,
          vec2 chroma_shift, vec4 crop, vec2 place) {
    vec2 at = mix(crop.xy, crop.zw, place);
    vec4 texel = sampled(first, at, crop);
    if (form == RGB) {
        return texel.rgb;
    } else if (form == RGBA) {
        return texel.rgb * texel.a;
    } else if (form == YCOCG) {
        return from_ycocg(texel);
    } else if (form == YCOCG_ALPHA) {
        return from_ycocg(texel) * sampled(second, at, crop).r;
    }
    vec2 chroma_at = at + chroma_shift / vec2(textureSize(second, 0));
    vec3 yuv = vec3(texel.r, sampled(second, chroma_at, crop).r, sampled(third, chroma_at, crop).r);
    return clamp(colour * yuv + colour_shift, 0.0, 1.0);
}

vec3 film(vec2 place) {
    return seen(FILM, film_0, film_1, film_2, film_colour, film_colour_shift, film_chroma_shift, panel_crop, place);
}

vec3 former_light(vec2 place) {
#ifdef FORMER
    return panel_former_level * seen(FORMER, former_0, former_1, former_2, former_colour, former_colour_shift,
                                     former_chroma_shift, panel_former_crop, place);
#else
    return vec3(0.0);
#endif
}

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
    light = vec4((shown * panel_level + former_light(place)) * edge, 1.0);
}
