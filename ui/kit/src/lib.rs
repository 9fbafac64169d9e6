//! Components, design tokens and messages of both front ends.
