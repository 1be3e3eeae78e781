/// Native calls whose numbers are the same on every system here: nothing of an argument differs, not even its size.
/// Others are in a package for each system.
package vmlan.host.posix;
