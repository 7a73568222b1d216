"""What tests of cellkeep, and of things built on it, can use: contracts, real servers, a served app."""
