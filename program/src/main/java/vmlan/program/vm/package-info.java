/// The virtual machines of this user: what is kept of each on disk, how one is started, watched and ended.
package vmlan.program.vm;
