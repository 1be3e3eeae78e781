/// The demo guest: a distribution's kernel and busybox, put together on this machine into something that boots in
/// two seconds, asks for its addresses, says what it got, and serves a page that shows it.
///
/// ```
/// installed kernel ┐                                    ┌ kernel
///                  ├▶ KernelSource ─▶ KernelModules ─┐  │
/// apt's packages ──┤                                 ├▶ Initramfs ─▶ cache/demo-ARCHITECTURE-RECIPE/
///                  └▶ busybox, static ───────────────┘  └ initrd
///                     scripts (resources of this package) ┘
/// ```
///
/// May not: know packets or networks. Trust: kernel, modules and busybox are the distribution's, checked by apt where
/// it fetched them; they are parsed with every length checked all the same. Thread: whichever calls; all of it blocks.
package vmlan.qemu.demo;
