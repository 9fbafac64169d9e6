//! Scenarios on processes, browsers and windows that each test starts for itself.

mod camera;
mod consumer;
mod journey;
mod kill;
mod two_couriers;
mod window;
