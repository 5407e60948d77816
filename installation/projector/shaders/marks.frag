#version 330 core
// A stroke, ring or label, smooth at its edge.

in vec2 mark_place;
flat in vec4 mark_ends;
flat in vec2 mark_shape;
flat in vec4 mark_colour;
in vec3 mark_label_part;

uniform sampler2D label;

out vec4 light;

float distance_to_stroke(vec2 at, vec2 a, vec2 b) {
    vec2 along = b - a;
    float share = clamp(dot(at - a, along) / max(dot(along, along), 1e-9), 0.0, 1.0);
    return length(at - a - share * along);
}

void main() {
    if (mark_label_part.z > 0.5) {
        light = texture(label, mark_label_part.xy);
        return;
    }
    float away = abs(distance_to_stroke(mark_place, mark_ends.xy, mark_ends.zw) - mark_shape.x) - mark_shape.y;
    light = vec4(mark_colour.rgb, mark_colour.a * clamp(0.5 - away, 0.0, 1.0));
}
