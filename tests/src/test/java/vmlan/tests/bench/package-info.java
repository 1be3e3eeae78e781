/// Benchmarks, side by side with the peers in interleaved rounds: absolute figures move with the machine's load, ratios
/// within a round do not. Started by `./dev bench`, never by `./dev test`.
package vmlan.tests.bench;
