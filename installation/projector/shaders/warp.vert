#version 330 core
// One corner of a panel. Everything here is linear across the output, so three corners carry it exactly.

in vec2 position;    // in the output, -1..1
in vec3 place;       // u q, v q, q of the panel: dividing by q per fragment is the homography
in vec4 inside;      // distance to each edge, output px, positive inside
in vec4 crop;        // what the panel shows of the film, 0..1
in vec4 card_box;    // where the card lies on the panel, 0..1
in vec4 card_part;   // where it lies in the texture of all cards, 0..1
in float level;      // opacity times brightness

out vec3 panel_place;
out vec4 panel_inside;
flat out vec4 panel_crop;
flat out vec4 panel_card_box;
flat out vec4 panel_card_part;
flat out float panel_level;

void main() {
    gl_Position = vec4(position, 0.0, 1.0);
    panel_place = place;
    panel_inside = inside;
    panel_crop = crop;
    panel_card_box = card_box;
    panel_card_part = card_part;
    panel_level = level;
}
