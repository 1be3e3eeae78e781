/// Where vmlan keeps things, and how it writes them: whole, atomically, and readable by their owner only.
///
/// May not: know what the files mean.
package vmlan.program.files;
