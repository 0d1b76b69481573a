/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "provider/terrace-provider.h"

/* Holds a provider to every promise of provider/terrace-provider.h. A provider's own test program
 * says how to come by it and calls contract_suite_run(). */

G_BEGIN_DECLS

/**
 * ContractFactory:
 * @name: the first part of the tests' paths
 * @capabilities: what the provider has to offer, no more and no less
 * @keys_are_bytes: keys that are not UTF-8 work
 * @parts_in_order: the place takes parts only in their order: what comes before its turn, and the
 *   end, is kept in memory until it can be sent, and is to be written again after a restart
 * @allows_key: (nullable): whether the place can have it; others are refused
 * @set_up: an empty location
 * @make_provider: (transfer full): a provider of it, each time a new one
 * @overwrite: somebody else replaces the object's contents
 * @count_traces: everything that is there, reserved names and folders too
 * @tear_down: removes the location
 * @add_own: (nullable): adds tests that only this provider has
 */
typedef struct _ContractFactory
{
  const char *name;
  TerraceCapabilities capabilities;
  gboolean keys_are_bytes;
  gboolean parts_in_order;
  gboolean (*allows_key) (const char *key);
  gpointer (*set_up) (void);
  TerraceProvider *(*make_provider) (gpointer place);
  void (*overwrite) (gpointer place, const char *key, GBytes *bytes);
  guint (*count_traces) (gpointer place);
  void (*tear_down) (gpointer place);
  void (*add_own) (const struct _ContractFactory *factory);
} ContractFactory;

typedef struct
{
  const ContractFactory *factory;
  gpointer place;
  TerraceProvider *provider;
} ContractFixture;

typedef void (*ContractTest) (ContractFixture *fixture, gconstpointer data);

int contract_suite_run (int argc, char **argv, const ContractFactory *factory);

/* For the suite's own files: each adds its tests. */
void contract_add (const ContractFactory *factory, const char *name, ContractTest test);
void contract_add_reading (const ContractFactory *factory);
void contract_add_writing (const ContractFactory *factory);
void contract_add_copying (const ContractFactory *factory);
void contract_add_cancelling (const ContractFactory *factory);
void contract_add_leftovers (const ContractFactory *factory);

G_END_DECLS
