package vmlan.host;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// A first process that waits for none of the orphans that become its children, as `sleep infinity` of a container is.
final class OrphansProgram {
    private OrphansProgram() {}

    public static void main(String[] arguments) throws Exception {
        System.out.println("process " + ProcessHandle.current().pid());
        ProcessGroup group = ProcessGroup.start(new ProcessBuilder("sh", "-c", "sleep 1000 & echo $!")
                .directory(Path.of("/").toFile()));
        String orphan;
        try (var output = group.leader().inputReader()) {
            orphan = output.readLine();
        }
        group.leader().waitFor();
        System.out.println("orphan is there: " + group.isAlive());
        group.end();
        while (!state(orphan).equals("Z")) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        System.out.println("orphan is there: " + group.isAlive());
    }

    private static String state(String pid) throws Exception {
        String stat = Files.readString(Path.of("/proc", pid, "stat"));
        return stat.substring(stat.lastIndexOf(')') + 2).substring(0, 1);
    }
}
