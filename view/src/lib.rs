//! Plain serialisable types that client and ui share.
