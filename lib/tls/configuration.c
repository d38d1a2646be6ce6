/*
 * configuration.c: reads OpenSSL's configuration file once more.
 *
 * CONF_modules_load_file(3) as libcrypto calls it ignores all errors, and SSL_CTX_new(3) those of
 * the section system_default.
 */
#include <config.h>

#include "tls/configuration.h"

#include <openssl/conf.h>
#include <openssl/err.h>
#include <openssl/provider.h>
#include <openssl/x509.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"

/* Where a fault is described. */
struct report {
    const char *file;
    char *to;
    size_t size;
};

static bool report(const struct report *report, const char *format, ...)
    TLSDIAL_PRINTF(2, 3);

/* Always true: a fault was found. */
static bool report(const struct report *report, const char *format, ...)
{
    va_list arguments;
    snprintf(report->to, report->size, "'%s': ", report->file);
    size_t used = strlen(report->to);
    va_start(arguments, format);
    vsnprintf(report->to + used, report->size - used, format, arguments);
    va_end(arguments);
    return true;
}

char *configuration_file(void)
{
    return CONF_get1_default_config_file();
}

/* Whether the file is where OpenSSL looks for one by itself; it need not be there. */
static bool is_usual_file(const char *file)
{
    const char *folder = X509_get_default_cert_area();
    return strncmp(file, folder, strlen(folder)) == 0;
}

static bool not_loaded(const struct report *to, long line)
{
    char text[256];
    if (line > 0)
        return report(to, "line %ld: %s", line,
                      error_openssl_reason("it cannot be read"));
    if (is_usual_file(to->file))
        return false;
    return report(to, "%s", error_system_reason(text, sizeof text, "it cannot be read"));
}

/* A name may have a prefix, which makes it unique. */
static const char *without_prefix(const char *name)
{
    const char *dot = strchr(name, '.');
    return dot != NULL ? dot + 1 : name;
}

static const char *value_in(const CONF *conf, const char *section, const char *name)
{
    ERR_set_mark();
    const char *value = NCONF_get_string(conf, section, name);
    ERR_pop_to_mark();
    return value;
}

/* OpenSSL 3.0 takes any value for a yes. */
static bool is_activated(const CONF *conf, const char *section)
{
    const char *value = value_in(conf, section, "activate");
    return value != NULL && strcmp(value, "0") != 0 && strcmp(value, "no") != 0 &&
           strcmp(value, "off") != 0 && strcmp(value, "false") != 0;
}

static bool find_in_providers(const struct report *to, const CONF *conf,
                              const STACK_OF(CONF_VALUE) * providers)
{
    for (int i = 0; i < sk_CONF_VALUE_num(providers); i++) {
        const CONF_VALUE *provider = sk_CONF_VALUE_value(providers, i);
        const char *identity = value_in(conf, provider->value, "identity");
        const char *name = identity != NULL ? identity : without_prefix(provider->name);
        if (is_activated(conf, provider->value) &&
            OSSL_PROVIDER_available(NULL, name) != 1)
            return report(to, "the provider '%s' cannot be loaded", name);
    }
    return false;
}

static bool find_in_settings(const struct report *to, SSL_CTX *ctx,
                             const STACK_OF(CONF_VALUE) * settings)
{
    SSL_CONF_CTX *conf = SSL_CONF_CTX_new();
    bool found = false;
    if (conf == NULL)
        return false;
    SSL_CONF_CTX_set_flags(conf, SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_CLIENT |
                                     SSL_CONF_FLAG_SERVER);
    SSL_CONF_CTX_set_ssl_ctx(conf, ctx);
    for (int i = 0; !found && i < sk_CONF_VALUE_num(settings); i++) {
        const CONF_VALUE *setting = sk_CONF_VALUE_value(settings, i);
        const char *name = without_prefix(setting->name);
        if (strcmp(name, "VerifyMode") != 0 && /* which is always ours */
            SSL_CONF_cmd(conf, name, setting->value) <= 0)
            found = report(to, "'%s = %s' is refused by OpenSSL", setting->name,
                           setting->value);
    }
    SSL_CONF_CTX_free(conf);
    return found;
}

/* One line of the main section, "MODULE = SECTION". */
static bool find_in_module(const struct report *to, SSL_CTX *ctx, const CONF *conf,
                           const CONF_VALUE *module)
{
    const char *name = without_prefix(module->name);
    bool of_ssl = strcmp(name, "ssl_conf") == 0;
    if (!of_ssl && strcmp(name, "providers") != 0)
        return false;
    const STACK_OF(CONF_VALUE) *section = NCONF_get_section(conf, module->value);
    if (section == NULL)
        return report(to, "it has no section [%s]", module->value);
    if (!of_ssl)
        return find_in_providers(to, conf, section);
    const char *policy = value_in(conf, module->value, "system_default");
    if (policy == NULL || ctx == NULL)
        return false;
    section = NCONF_get_section(conf, policy);
    return section != NULL ? find_in_settings(to, ctx, section)
                           : report(to, "it has no section [%s]", policy);
}

static bool find_in_file(const struct report *to, SSL_CTX *ctx, const CONF *conf)
{
    const char *main_name = value_in(conf, NULL, "openssl_conf");
    if (main_name == NULL)
        return false;
    const STACK_OF(CONF_VALUE) *modules = NCONF_get_section(conf, main_name);
    if (modules == NULL)
        return report(to, "it has no section [%s]", main_name);
    for (int i = 0; i < sk_CONF_VALUE_num(modules); i++)
        if (find_in_module(to, ctx, conf, sk_CONF_VALUE_value(modules, i)))
            return true;
    return false;
}

bool configuration_find_fault(SSL_CTX *ctx, char *to, size_t size)
{
    char *file = configuration_file();
    CONF *conf = NCONF_new(NULL);
    bool found = false;
    long line = -1;
    if (file != NULL && *file != '\0' && conf != NULL) {
        struct report place = {file, to, size};
        ERR_clear_error();
        found = NCONF_load(conf, file, &line) > 0 ? find_in_file(&place, ctx, conf)
                                                  : not_loaded(&place, line);
    }
    ERR_clear_error();
    NCONF_free(conf);
    OPENSSL_free(file);
    return found;
}

/* ---- a glance ---- */

#define GLANCE_LINE 512 /* octets; a longer line is not plain */

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " \t\r\n");
}

/* Modules of config(5) that set what TLS does, by the beginning of their names, and directives. */
static bool is_plain_name(const char *name)
{
    static const char *const others[] = {".include", ".pragma",      "providers",
                                         "ssl_conf", "alg_section",  "engines",
                                         "random",   "stbl_section", "evp_properties"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (strncmp(name, others[i], strlen(others[i])) == 0)
            return false;
    return true;
}

static bool has_even_quotes(const char *text)
{
    bool even = true;
    for (; *text != '\0'; text++)
        even = even != (*text == '"' || *text == '\'');
    return even;
}

/* What a glance has come to: the section that openssl_conf names must be there. */
struct glance {
    char main_section[GLANCE_LINE]; /* "": none is named */
    bool has_main_section;
};

/* Copies what is between blanks; at most a line. */
static void copy_word(char to[GLANCE_LINE], const char *text, const char *end_characters)
{
    size_t length = strcspn(text, end_characters);
    memcpy(to, text, length);
    to[length] = '\0';
}

static void note_section(struct glance *glance, const char *text)
{
    char name[GLANCE_LINE];
    copy_word(name, skip_blanks(text + 1), " \t]");
    glance->has_main_section =
        glance->has_main_section || strcmp(name, glance->main_section) == 0;
}

/* "[section]", "name = value" or nothing; no values of the environment, which may be missing. */
static bool is_plain_line(struct glance *glance, char *line)
{
    char *comment = strchr(line, '#');
    if (comment != NULL)
        *comment = '\0';
    const char *text = skip_blanks(line);
    if (*text == '\0')
        return true;
    if (*text == '[') {
        note_section(glance, text);
        return strchr(text, ']') != NULL;
    }
    const char *equals = strchr(text, '=');
    if (equals != NULL && strncmp(text, "openssl_conf", strlen("openssl_conf")) == 0)
        copy_word(glance->main_section, skip_blanks(equals + 1), " \t\r\n");
    return equals != NULL && strchr(text, '\\') == NULL && has_even_quotes(text) &&
           strstr(text, "ENV::") == NULL && is_plain_name(text);
}

bool configuration_is_plain(void)
{
    char line[GLANCE_LINE];
    struct glance glance = {.has_main_section = false};
    char *file = configuration_file();
    FILE *stream = file != NULL && *file != '\0' ? fopen(file, "rb") : NULL;
    bool plain = file != NULL && (stream != NULL || is_usual_file(file));
    while (plain && stream != NULL && fgets(line, sizeof line, stream) != NULL)
        plain = strlen(line) + 1 < sizeof line && is_plain_line(&glance, line);
    if (stream != NULL) {
        plain = plain && !ferror(stream) &&
                (glance.has_main_section || *glance.main_section == '\0');
        fclose(stream);
    }
    OPENSSL_free(file);
    return plain;
}
