/// Manual pages, made from the commands as picocli knows them: a page for each, in the macros of man(7),
/// which groff and mandoc read alike.
///
/// May not: know what a command does.
package vmlan.program.manual;
