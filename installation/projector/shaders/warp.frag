#version 330 core
// Film and card of one panel, warped, coloured and dimmed. Cards are captions or test patterns, lying over the film.

in vec3 panel_place;
in vec4 panel_inside;
flat in vec4 panel_crop;
flat in vec4 panel_card_box;
flat in vec4 panel_card_part;
flat in float panel_level;

uniform sampler2D luma;
uniform sampler2D blue;
uniform sampler2D red;
uniform sampler2D cards;      // premultiplied
uniform vec2 chroma_shift;    // chroma samples sit left of the middle of their luma samples; in chroma texels
uniform mat3 colour;          // Y, U, V in 0..1 to R, G, B
uniform vec3 colour_shift;

out vec4 light;

// The middle of the outermost texels of the crop: no panel may borrow a neighbour's edge.
vec2 held(vec2 at, vec2 size) {
    vec2 half_texel = 0.5 / size;
    return clamp(at, panel_crop.xy + half_texel, panel_crop.zw - half_texel);
}

vec3 film(vec2 place) {
    vec2 at = mix(panel_crop.xy, panel_crop.zw, place);
    vec2 chroma_size = vec2(textureSize(blue, 0));
    vec2 chroma_at = held(at + chroma_shift / chroma_size, chroma_size);
    float y = texture(luma, held(at, vec2(textureSize(luma, 0)))).r;
    return clamp(colour * vec3(y, texture(blue, chroma_at).r, texture(red, chroma_at).r) + colour_shift, 0.0, 1.0);
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
    light = vec4(shown * (panel_level * edge), 1.0);
}
