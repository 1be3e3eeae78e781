/// networks.yaml, by eyes that are not ours: an independent validator of JSON Schema.
package vmlan.tests.config;
