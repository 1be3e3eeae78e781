/// Other programs: where they are, how to install them, and running one of them within limits of time and output.
/// And what is done to their words, and to what people typed, before somebody reads it.
///
/// Trust: what a program prints is text to be read, never more than [Tool#MOST_OUTPUT] bytes of it.
/// Thread: whichever calls; all of it blocks, each for at most the limit given.
package vmlan.qemu.tool;
