#version 330 core
// One corner of a panel. Everything here is linear across the output, so three corners carry it exactly.

layout(location = 0) in vec2 position;      // in the output, -1..1
layout(location = 1) in vec3 place;         // u q, v q, q of the panel: dividing by q per fragment is the homography
layout(location = 2) in vec4 inside;        // distance to each edge, output px, positive inside
layout(location = 3) in vec4 crop;          // what the panel shows of the film, 0..1
layout(location = 4) in vec4 card_box;      // where the card lies on the panel, 0..1
layout(location = 5) in vec4 card_part;     // where it lies in the texture of all cards, 0..1
layout(location = 6) in float level;        // opacity times brightness
layout(location = 7) in vec4 former_crop;   // the same of the film that goes, in a cross-fade
layout(location = 8) in float former_level;

out vec3 panel_place;
out vec4 panel_inside;
flat out vec4 panel_crop;
flat out vec4 panel_card_box;
flat out vec4 panel_card_part;
flat out float panel_level;
flat out vec4 panel_former_crop;
flat out float panel_former_level;

void main() {
    gl_Position = vec4(position, 0.0, 1.0);
    panel_place = place;
    panel_inside = inside;
    panel_crop = crop;
    panel_card_box = card_box;
    panel_card_part = card_part;
    panel_level = level;
    panel_former_crop = former_crop;
    panel_former_level = former_level;
}
