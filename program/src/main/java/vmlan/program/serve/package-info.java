/// The process of one network: what it keeps on disk, the ports of its guests, and its answers to commands.
///
/// Thread: the event loop owns everything, but [vmlan.program.serve.StateKeeper] writes files on a thread of
/// its own and [vmlan.program.serve.NetworkApi] is called on virtual threads, which hand their work to the
/// loop.
package vmlan.program.serve;
