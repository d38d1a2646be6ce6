bin_PROGRAMS += src/tlsdial
src_tlsdial_SOURCES = \
	src/cmd_dial.c \
	src/http.c \
	src/http.h \
	src/main.c \
	src/options.c \
	src/options.h \
	src/os.h \
	src/output.c \
	src/output.h \
	src/passphrase.c \
	src/passphrase.h \
	src/tlsdial_program.h \
	src/verbose.c
if HOST_WINDOWS
src_tlsdial_SOURCES += src/os_windows.c
else
src_tlsdial_SOURCES += src/os_posix.c
endif
src_tlsdial_LDADD = lib/libtlsdial.la $(OPENSSL_LIBS)
src_tlsdial_LDFLAGS = $(AM_LDFLAGS) $(PIE_LDFLAGS)
$(src_tlsdial_OBJECTS): include/tlsdial.h
