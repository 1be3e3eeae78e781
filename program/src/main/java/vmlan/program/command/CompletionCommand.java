package vmlan.program.command;

import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import vmlan.program.completion.ShellCompletion;
import vmlan.program.message.Failure;

@Command(
        name = "completion",
        description = {
            "Prints what makes a shell complete vmlan's command line: commands, options and their values, VMs, networks.",
            "It is for a vmlan in PATH, and made anew by each shell that is told to as below."
        },
        footer = {
            "",
            "For good, in bash (with the package bash-completion):",
            "  mkdir -p ~/.local/share/bash-completion/completions",
            "  echo 'eval \"$(vmlan completion bash)\"' >~/.local/share/bash-completion/completions/vmlan",
            "In zsh, in ~/.zshrc behind compinit:",
            "  eval \"$(vmlan completion zsh)\"",
            "In fish:",
            "  echo 'vmlan completion fish | source' >~/.config/fish/completions/vmlan.fish",
            "",
            "Examples:",
            "  eval \"$(vmlan completion bash)\"    in this shell"
        })
final class CompletionCommand implements Callable<Integer> {
    @Mixin
    HelpOption help;

    @Option(names = "--json", description = "Errors as JSON.")
    boolean json;

    @Parameters(paramLabel = "bash|zsh|fish", description = "The shell.")
    private String shell;

    private final Session session;

    CompletionCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Failure {
        ShellCompletion completion;
        try {
            completion = ShellCompletion.valueOf(shell.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw Failure.usage("'" + shell + "' is no shell that can be taught", "take bash, zsh or fish");
        }
        session.out().print(completion.script(Root.model().getCommandSpec()));
        session.out().flush();
        return 0;
    }
}
