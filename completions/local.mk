# Completions of three shells, made from the table of options, in the folders where the shells
# look for those of packages, or where --with-SHELL-completion-dir says.
if BASH_COMPLETION
nodist_bashcompletion_DATA = completions/bash/tlsdial
endif
if ZSH_COMPLETION
nodist_zshcompletion_DATA = completions/zsh/_tlsdial
endif
if FISH_COMPLETION
nodist_fishcompletion_DATA = completions/fish/tlsdial.fish
endif
completions = completions/bash/tlsdial completions/zsh/_tlsdial completions/fish/tlsdial.fish
check_DATA += $(completions)

# completions/SHELL/FILE
$(completions): $(srcdir)/completions/completions.awk $(srcdir)/src/options_table.c
	$(AM_V_GEN)$(MKDIR_P) $(@D)
	$(AM_V_at)$(AWK) -v shell=`basename $(@D)` -v check=$(enable_check) -f $(srcdir)/completions/completions.awk \
	$(srcdir)/src/options_table.c > $@.tmp && mv -f $@.tmp $@

EXTRA_DIST += completions/completions.awk
CLEANFILES += $(completions)
