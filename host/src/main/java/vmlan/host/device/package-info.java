/// What devices with a thread of their own share: frames on their way to the event loop, in batches.
///
/// ```
///  the device's thread                                the loop
///  awaitEmpty ─ fills a batch ─ handOver ─▶ BatchRing ─▶ FrameReceiver: received …, batchEnd
///  drop, fail ──────────────────────────────────────────▶ dropped, failed
/// ```
///
/// Knows no operating system and makes no native call. Bounded: four batches for each device; when none is
/// empty the device's thread waits, and the system keeps or drops what comes meanwhile.
package vmlan.host.device;
