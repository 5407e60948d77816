//!HOOK OUTPUT
//!BIND HOOKED
//!DESC one panel, hung askew
vec4 hook() {
    const mat3 to_panel = mat3(1.08, 0.03, 0.02, 0.05, 1.06, 0.04, -0.06, -0.05, 1.0);
    vec3 at = to_panel * vec3(HOOKED_pos, 1.0);
    vec2 place = at.xy / at.z;
    bool within = all(greaterThanEqual(place, vec2(0.0))) && all(lessThanEqual(place, vec2(1.0)));
    return within ? HOOKED_tex(place) : vec4(0.0, 0.0, 0.0, 1.0);
}
