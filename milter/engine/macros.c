/*
 * What the MTA is asked to tell at each stage.
 */
#include "config.h"

#include "milter/engine/engine.h"

const struct engine_macro_list engine_macros[ENGINE_MACROS] = {
	/* connect */
	{ 0, "j {daemon_name} {client_addr} {client_name} {client_port} "
	     "{client_resolve}" },
	/* HELO */
	{ 1, "{tls_version} {cipher} {cipher_bits} {cert_subject} "
	     "{cert_issuer} {verify}" },
	/* MAIL */
	{ 2, "i {auth_type} {auth_authen} {tls_version} {cipher} "
	     "{cipher_bits} {cert_subject} {cert_issuer} {verify}" },
	/* RCPT */
	{ 3, "i {rcpt_mailer} {rcpt_host} {rcpt_addr}" },
	/* end of message */
	{ 5, "i" },
	/* end of header */
	{ 6, "i" },
};
