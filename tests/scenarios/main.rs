//! Scenarios on processes, browsers and windows that each test starts for itself.

mod camera;
mod cluster;
mod consumer;
mod dashboard;
mod journey;
mod kill;
mod second;
mod two_couriers;
mod two_ways;
mod window;
