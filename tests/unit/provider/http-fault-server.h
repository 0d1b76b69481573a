/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* A server on loopback that answers each request with the next of the answers it was given, byte
 * for byte, and then closes the connection. It knows no HTTP, so that it can get all of it wrong.
 * Runs in the main context of the test. */

G_BEGIN_DECLS

typedef enum
{
  FAULT_NONE,
  FAULT_DROP,    /* closes without a word */
  FAULT_ENDLESS, /* says what it has to say, and then goes on for ever */
  FAULT_SILENT,  /* takes the request and never answers */
} Fault;

typedef struct _FaultServer FaultServer;

FaultServer *fault_server_new (void);
/* The same behind TLS. */
FaultServer *fault_server_new_tls (GTlsCertificate *certificate);
void fault_server_free (FaultServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FaultServer, fault_server_free)

guint16 fault_server_get_port (FaultServer *self);

/* The answer to the next request that has none yet. */
void fault_server_add (FaultServer *self, Fault fault, const char *text);
/* A whole answer: "403 Forbidden", headers each ended by CR LF (nullable), and a body. */
void
fault_server_answer (FaultServer *self, const char *status, const char *headers, const char *body);

/* Answers nothing until @n_requests in all have come. */
void fault_server_hold (FaultServer *self, guint n_requests);

guint fault_server_get_n_requests (FaultServer *self);
/* The request line and the headers of request @index. */
const char *fault_server_get_request (FaultServer *self, guint index);
/* Requests that came and wait for an answer that never comes. */
guint fault_server_get_n_silent (FaultServer *self);

G_END_DECLS
