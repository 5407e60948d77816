#version 330 core
// One corner of a mark.

layout(location = 0) in vec2 position;    // in the output, -1..1
layout(location = 1) in vec2 place;       // in the output, px
layout(location = 2) in vec4 ends;        // the stroke's two ends, or twice the ring's middle; px
layout(location = 3) in vec2 shape;       // the ring's radius (0 for a stroke) and half the line's width; px
layout(location = 4) in vec4 colour;
layout(location = 5) in vec3 label_part;  // where in the label's texture, 0..1; then 1 for a label, 0 for a line

out vec2 mark_place;
flat out vec4 mark_ends;
flat out vec2 mark_shape;
flat out vec4 mark_colour;
out vec3 mark_label_part;

void main() {
    gl_Position = vec4(position, 0.0, 1.0);
    mark_place = place;
    mark_ends = ends;
    mark_shape = shape;
    mark_colour = colour;
    mark_label_part = label_part;
}
