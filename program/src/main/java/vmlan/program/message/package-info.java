/// What the user is told besides results: what a command is doing, and why it failed.
package vmlan.program.message;
