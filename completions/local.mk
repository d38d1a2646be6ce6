# Completions of three shells, made from the table of options, in the folders where the shells
# look for those of packages.
bashcompletiondir = $(datadir)/bash-completion/completions
zshcompletiondir = $(datadir)/zsh/site-functions
fishcompletiondir = $(datadir)/fish/vendor_completions.d
nodist_bashcompletion_DATA = completions/bash/tlsdial
nodist_zshcompletion_DATA = completions/zsh/_tlsdial
nodist_fishcompletion_DATA = completions/fish/tlsdial.fish
completions = $(nodist_bashcompletion_DATA) $(nodist_zshcompletion_DATA) \
	$(nodist_fishcompletion_DATA)

# completions/SHELL/FILE
$(completions): $(srcdir)/completions/completions.awk $(srcdir)/src/options_table.c
	$(AM_V_GEN)$(MKDIR_P) $(@D)
	$(AM_V_at)$(AWK) -v shell=`basename $(@D)` -f $(srcdir)/completions/completions.awk \
	$(srcdir)/src/options_table.c > $@.tmp && mv -f $@.tmp $@

EXTRA_DIST += completions/completions.awk
CLEANFILES += $(completions)
