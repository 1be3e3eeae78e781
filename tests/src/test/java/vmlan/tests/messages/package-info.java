/// What the program says when it cannot go on: the table in docs/messages.md against the sources, and each row
/// provoked. May start commands, no guests.
package vmlan.tests.messages;
