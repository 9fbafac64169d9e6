//! The consortium peer: ordering, gateway, administration.
