# libbitline, installation, the Debian packages: docs/library.md, docs/install.md.
# SPDX-License-Identifier: Apache-2.0
VERSION := $(shell sed -n 's/^\#define BITLINE_VERSION "\(.*\)"/\1/p' common/version.h)
LIB_MAJOR = 0
PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
DATADIR ?= $(PREFIX)/share
ZSHDIR ?= $(DATADIR)/zsh/site-functions

# ---- the library: objects of its own, position independent, nothing visible but bl_*; without OpenMP, linear algebra and what only the program needs
LIB_DIR = $(BUILD)/lib
LIB_PKGS = libxml-2.0 jansson libcrypto
LIB_SRC = $(SRC_lib) lib/host/mem.c lib/host/progress.c $(filter-out common/mem.c common/progress% common/term%,$(SRC_common)) $(SRC_checkpoint) $(SRC_golden) adc/tables.c adc/tables_file.c adc/tree.c adc/tree_file.c
LIB_OBJ = $(patsubst %.c,$(LIB_DIR)/obj/%.o,$(LIB_SRC)) $(LIB_DIR)/obj/embed/xsd.o
LIB_CFLAGS = -std=c11 -D_GNU_SOURCE $(OPT) -g -Wall -Wextra -Wstrict-prototypes -Wpointer-arith -Wno-missing-field-initializers -Wno-unknown-pragmas -Wno-unused-function -I. -I$(BUILD) -MMD -MP -fPIC -fvisibility=hidden \
	-ffile-prefix-map=$(CURDIR)=. $(shell pkg-config --cflags $(LIB_PKGS) 2>/dev/null)
LIB_LIBS = $(shell pkg-config --libs $(LIB_PKGS) 2>/dev/null) -lm -lpthread
LIB_SO = libbitline.so.$(VERSION)
LIB_SONAME = libbitline.so.$(LIB_MAJOR)

$(LIB_DIR)/obj/embed/%.o: $(BUILD)/embed/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(LIB_CFLAGS) $(CFLAGS) -c $< -o $@
$(LIB_DIR)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(LIB_CFLAGS) $(CFLAGS) -c $< -o $@

$(LIB_DIR)/$(LIB_SO): $(LIB_OBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -shared -Wl,-soname,$(LIB_SONAME) -Wl,--no-undefined -Wl,--as-needed -o $@ $(LIB_OBJ) $(LIB_LIBS)
	$(Q)ln -sf $(LIB_SO) $(LIB_DIR)/$(LIB_SONAME)
	$(Q)ln -sf $(LIB_SO) $(LIB_DIR)/libbitline.so
# one object, in which everything but bl_* is local: no name of ours meets a name of the user's
$(LIB_DIR)/libbitline.a: $(LIB_OBJ)
	$(call say,AR,$@)
	@rm -f $@
	$(Q)$(LD) -r -o $(LIB_DIR)/bitline.o $(LIB_OBJ)
	$(Q)objcopy --wildcard --keep-global-symbol='bl_*' $(LIB_DIR)/bitline.o
	$(Q)ar rcsD $@ $(LIB_DIR)/bitline.o
lib: $(LIB_DIR)/$(LIB_SO) $(LIB_DIR)/libbitline.a ## libbitline, the golden model as a library (docs/library.md)
-include $(shell find $(LIB_DIR) -name '*.d' 2>/dev/null)

# ---- what the program says about itself
$(BUILD)/doc/bitline.1: $(BUILD)/bitline
	@mkdir -p $(@D)
	$(Q)$< help --man >$@
$(BUILD)/doc/bitline.bash $(BUILD)/doc/bitline.zsh: $(BUILD)/doc/bitline.%: $(BUILD)/bitline
	@mkdir -p $(@D)
	$(Q)$< help --completion $* >$@

INSTALL = BUILD='$(BUILD)' DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' BINDIR='$(BINDIR)' LIBDIR='$(LIBDIR)' INCLUDEDIR='$(INCLUDEDIR)' DATADIR='$(DATADIR)' ZSHDIR='$(ZSHDIR)' \
	VERSION='$(VERSION)' SONAME='$(LIB_SONAME)' SONAME_FILE='$(LIB_SO)' REQUIRES='$(LIB_PKGS)' tools/install.sh
install: all lib $(BUILD)/doc/bitline.1 $(BUILD)/doc/bitline.bash $(BUILD)/doc/bitline.zsh ## program, library, configurations, manual page (PREFIX=/usr/local DESTDIR=)
	@$(INSTALL) install
uninstall: ## remove what make install put there (the same PREFIX and DESTDIR)
	@$(INSTALL) uninstall
# the suites of `make test` install and link these: made before any of them runs
unit: lib $(BUILD)/doc/bitline.1 $(BUILD)/doc/bitline.bash $(BUILD)/doc/bitline.zsh
.PHONY: lib install uninstall

deb: ## Debian packages in BUILD/deb, unsigned (docs/install.md section 2)
	@tools/deb.sh $(BUILD)/deb
.PHONY: deb
