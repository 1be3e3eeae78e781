/// What a Mac's user types, on Linux, with the simulator of vmnet in place of Apple's.
package vmlan.tests.macos;
