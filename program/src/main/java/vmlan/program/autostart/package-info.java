/// VMs that start with the user's session: what systemd's user manager and launchd are told.
package vmlan.program.autostart;
