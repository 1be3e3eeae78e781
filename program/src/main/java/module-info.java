/// The `vmlan` command and the network process: configuration, control API, wiring.
module vmlan.program {
    requires vmlan.host;
    requires vmlan.qemu;
    requires info.picocli;
    requires com.fasterxml.jackson.jr.ob;
    requires org.apache.httpcomponents.core5.httpcore5;
    requires org.jline.terminal;
    requires org.snakeyaml.engine;

    opens vmlan.program.command to
            info.picocli;
}
