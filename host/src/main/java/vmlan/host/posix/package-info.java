/// Native calls whose numbers are the same on every system here: nothing of an argument differs, not even its size, or
/// it is said where it does. Others are in a package for each system.
package vmlan.host.posix;
