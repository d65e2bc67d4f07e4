//! What the benches share: inputs and a throughput group.
