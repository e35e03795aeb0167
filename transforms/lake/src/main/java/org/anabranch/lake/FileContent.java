package org.anabranch.lake;

import java.util.List;

/**
 * What a worker tells the commit of one bucket, in {@code WrittenFile.content} as JSON: {@code
 * {"data":[ContentFile...],"deletes":[ContentFile...],"replaces":true|false,"kept":[Segment...]}}
 * with Iceberg's JSON form of content files [1].
 *
 * <p>[1] org.apache.iceberg.ContentFileParser
 *
 * @param data JSON of the data files added
 * @param deletes JSON of the position delete files added
 * @param replaces whether all files the bucket had before go
 * @param kept segments of records added
 */
record FileContent(
    List<String> data, List<String> deletes, boolean replaces, List<TableHandle.Segment> kept) {}
