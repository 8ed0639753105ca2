import ArgumentParser

/// The options of every command and the key, for words that no command of the table takes.
struct Together: ParsableArguments {
  @OptionGroup var options: GlobalOptions
  @OptionGroup var keyOption: KeyOption
}
