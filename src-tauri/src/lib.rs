//! The app's shell: window, permissions, platform plugins.
