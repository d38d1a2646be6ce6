if PROGRAM
bin_PROGRAMS += src/tlsdial
else
check_PROGRAMS += src/tlsdial
endif
# The program has the clock and the deadlines of the library, which exports neither.
src_tlsdial_SOURCES = \
	lib/base/clock.h \
	lib/base/deadline.c \
	lib/base/deadline.h \
	src/cmd_dial.c \
	src/cmd_pipe.c \
	src/command_line.c \
	src/command_line.h \
	src/credentials.c \
	src/credentials.h \
	src/http.c \
	src/http.h \
	src/main.c \
	src/new_file.h \
	src/no_proxy.c \
	src/no_proxy.h \
	src/options.c \
	src/options.h \
	src/options_client.c \
	src/options_client.h \
	src/options_pipe.c \
	src/options_pipe.h \
	src/options_table.c \
	src/options_table.h \
	src/options_values.c \
	src/options_values.h \
	src/proxy_environment.c \
	src/proxy_environment.h \
	src/options_way.c \
	src/options_way.h \
	src/os.h \
	src/output.c \
	src/output.h \
	src/pipe_ends.h \
	src/pipe_flow.c \
	src/pipe_flow.h \
	src/progress.c \
	src/progress.h \
	src/report.h \
	src/terminal_text.c \
	src/terminal_text.h \
	src/tlsdial_program.h \
	src/verbose.c
if CHECK
src_tlsdial_SOURCES += \
	src/cmd_check.c \
	src/columns.c \
	src/columns.h \
	src/report.c \
	src/report_chain.c \
	src/report_json.c \
	src/report_text.c \
	src/report_text.h
else
src_tlsdial_SOURCES += src/cmd_no_check.c
endif
if HOST_WINDOWS
src_tlsdial_SOURCES += lib/base/clock_windows.c src/new_file_windows.c src/os_windows.c \
	src/os_windows.h src/pipe_ends_windows.c
src_tlsdial_manifest = src/manifest.$(OBJEXT)
src/manifest.$(OBJEXT): src/tlsdial.rc src/tlsdial.manifest src/$(am__dirstamp)
	$(AM_V_GEN)$(WINDRES) -I $(srcdir)/src -o $@ $(srcdir)/src/tlsdial.rc
CLEANFILES += src/manifest.$(OBJEXT)
else
src_tlsdial_SOURCES += lib/base/clock_posix.c src/new_file_posix.c src/os_posix.c \
	src/pipe_ends_posix.c
endif
src_tlsdial_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
src_tlsdial_LDADD = $(src_tlsdial_manifest) lib/libtlsdial.la $(OPENSSL_LIBS) $(JANSSON_LIBS)
src_tlsdial_LDFLAGS = $(AM_LDFLAGS) $(PIE_LDFLAGS)
$(src_tlsdial_OBJECTS): include/tlsdial.h
EXTRA_DIST += src/tlsdial.manifest src/tlsdial.rc
