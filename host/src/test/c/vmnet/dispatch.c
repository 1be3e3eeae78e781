/* Serial queues. One thread of a queue calls its blocks, or, with SIM_FRESH_THREADS, a new one each: libdispatch
 * promises the order and not the thread. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim.h"

struct job {
	block_t block;
	int shape;
	uint32_t status;
	xpc_object_t object;
	int64_t ms;
	struct job *next;
};

struct dispatch_queue_s {
	pthread_mutex_t lock;
	pthread_cond_t news;
	int references;
	struct job *first;
	struct job **last;
};

static void call(struct job *job)
{
	sim_note_thread();
	switch (job->shape) {
	case SIM_STATUS_AND_OBJECT:
		((void (*)(void *, uint32_t, xpc_object_t))(void *)job->block->invoke)(job->block, job->status, job->object);
		break;
	case SIM_STATUS:
		((void (*)(void *, uint32_t))(void *)job->block->invoke)(job->block, job->status);
		break;
	case SIM_OBJECT:
		((void (*)(void *, xpc_object_t))(void *)job->block->invoke)(job->block, job->object);
		break;
	default:
		sim_misuse("a block of no shape");
	}
	_Block_release(job->block);
	if (job->object != NULL)
		xpc_release(job->object);
	free(job);
}

static void *call_on_thread(void *job)
{
	call(job);
	return NULL;
}

static void run_job(struct job *job)
{
	struct timespec wait = {job->ms / 1000, job->ms % 1000 * 1000000};
	if (job->ms > 0)
		nanosleep(&wait, NULL);
	if (!sim_wanted(SIM_FRESH_THREADS)) {
		call(job);
		return;
	}
	pthread_attr_t attributes;
	pthread_t thread;
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 512 << 10);
	if (pthread_create(&thread, &attributes, call_on_thread, job) != 0)
		sim_misuse("no thread");
	pthread_attr_destroy(&attributes);
	pthread_join(thread, NULL);
}

static void *run(void *arg)
{
	dispatch_queue_t queue = arg;
	pthread_mutex_lock(&queue->lock);
	while (true) {
		while (queue->first == NULL && queue->references > 0)
			pthread_cond_wait(&queue->news, &queue->lock);
		struct job *job = queue->first;
		if (job == NULL)
			break;
		queue->first = job->next;
		if (queue->first == NULL)
			queue->last = &queue->first;
		pthread_mutex_unlock(&queue->lock);
		run_job(job);
		pthread_mutex_lock(&queue->lock);
	}
	pthread_mutex_unlock(&queue->lock);
	free(queue);
	sim_lives(SIM_QUEUE, -1);
	return NULL;
}

dispatch_queue_t dispatch_queue_create(const char *label, dispatch_queue_attr_t attr)
{
	if (label == NULL || strlen(label) > 63 || attr != DISPATCH_QUEUE_SERIAL)
		sim_misuse("dispatch_queue_create");
	dispatch_queue_t queue = calloc(1, sizeof(*queue));
	pthread_mutex_init(&queue->lock, NULL);
	pthread_cond_init(&queue->news, NULL);
	queue->references = 1;
	queue->last = &queue->first;
	sim_lives(SIM_QUEUE, 1);
	pthread_t thread;
	if (pthread_create(&thread, NULL, run, queue) != 0)
		sim_misuse("no thread");
	pthread_detach(thread);
	return queue;
}

static void refer(dispatch_queue_t queue, int change)
{
	if (queue == NULL)
		sim_misuse("a queue is NULL");
	pthread_mutex_lock(&queue->lock);
	if (queue->references <= 0)
		sim_misuse("a queue was released too often");
	queue->references += change;
	pthread_cond_signal(&queue->news);
	pthread_mutex_unlock(&queue->lock);
}

void dispatch_retain(void *object)
{
	refer(object, 1);
}

void dispatch_release(void *object)
{
	refer(object, -1);
}

void sim_call(dispatch_queue_t queue, block_t block, int shape, uint32_t status, xpc_object_t object, int64_t ms)
{
	if (queue == NULL)
		sim_misuse("a queue is NULL");
	struct job *job = calloc(1, sizeof(*job));
	job->block = _Block_copy(block);
	job->shape = shape;
	job->status = status;
	job->object = object == NULL ? NULL : xpc_retain(object);
	job->ms = ms;
	pthread_mutex_lock(&queue->lock);
	*queue->last = job;
	queue->last = &job->next;
	pthread_cond_signal(&queue->news);
	pthread_mutex_unlock(&queue->lock);
}
